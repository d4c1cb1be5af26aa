import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

type Db = Pool | PoolClient;

/** SHA-256 in lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Stores bytes under their hash; storing them again changes nothing. Returns the hash. */
export async function storeArtifact(db: Db, mediaType: string, bytes: Uint8Array): Promise<string> {
  const hash = sha256(bytes);
  await db.query(
    'INSERT INTO artifact (sha256, media_type, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [hash, mediaType, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
  );
  return hash;
}

/** The bytes of an artifact. Throws when there is none, or when they no longer have their hash. */
export async function loadArtifact(db: Db, hash: string): Promise<Buffer> {
  const { rows } = await db.query<{ bytes: Buffer }>('SELECT bytes FROM artifact WHERE sha256 = $1', [hash]);
  const bytes = rows[0]?.bytes;
  if (bytes === undefined) throw new Error(`Artifact ${hash} is not in the registry. Train the model again.`);
  if (sha256(bytes) !== hash)
    throw new Error(
      `Artifact ${hash} is damaged: its bytes have another hash. Restore the table artifact from a backup.`,
    );
  return bytes;
}
