import { createHash } from 'node:crypto';
import { ChurnError, NotFound, PayloadTooLarge } from '@churn/platform';
import type pg from 'pg';

/** Room for a forest of some millions of nodes; a bytea beyond 1 GB could not be stored at all. */
const MAX_ARTIFACT_BYTES = 200 * 2 ** 20;

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Stores bytes under their SHA-256 (lower-case hex), which it returns; the same bytes are stored once. */
export async function saveArtifact(
  db: pg.Pool | pg.PoolClient,
  bytes: Buffer,
  mediaType: string,
): Promise<string> {
  if (bytes.length > MAX_ARTIFACT_BYTES) {
    throw new PayloadTooLarge(
      'artifact-too-large',
      `An artifact of ${bytes.length} bytes exceeds ${MAX_ARTIFACT_BYTES}: train with fewer trees or less depth.`,
    );
  }
  const sha256 = sha256Of(bytes);
  await db.query(
    'INSERT INTO artifact (sha256, media_type, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [sha256, mediaType, bytes],
  );
  return sha256;
}

/** The bytes under a SHA-256. Throws NotFound, or a 500 when they no longer have that hash. */
export async function loadArtifact(db: pg.Pool | pg.PoolClient, sha256: string): Promise<Buffer> {
  const { rows } = await db.query<{ bytes: Buffer }>('SELECT bytes FROM artifact WHERE sha256 = $1', [
    sha256,
  ]);
  const bytes = rows[0]?.bytes;
  if (bytes === undefined) {
    throw new NotFound('artifact-unknown', `There is no artifact ${sha256} in the registry.`);
  }
  const actual = sha256Of(bytes);
  if (actual === sha256) return bytes;
  throw new ChurnError(
    500,
    'artifact-damaged',
    `Artifact ${sha256} is damaged: its bytes have the SHA-256 ${actual}. Restore the row from a backup, or train again.`,
  );
}
