import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';

export interface DuckOptions {
  /** Where DuckDB spills what does not fit into its memory; a folder of its own is made there and removed on close. */
  tempDir: string;
  /** Default 2. */
  threads?: number;
  /** As DuckDB writes it, '2GB'; default 40% of what this process may have. */
  memoryLimit?: string;
}

/** One in-memory DuckDB with one connection; statements run one after another. Times are UTC, nothing is fetched from the network. */
export interface Duck {
  run(sql: string, values?: DuckDBValue[]): Promise<void>;
  /** All rows; BIGINT comes as bigint, HUGEINT too, DOUBLE and FLOAT as number. */
  rows<Row extends Record<string, unknown>>(sql: string, values?: DuckDBValue[]): Promise<Row[]>;
  /** For appenders and streaming reads. */
  readonly connection: DuckDBConnection;
  /** Makes the running statement fail with "Interrupted". */
  interrupt(): void;
  close(): Promise<void>;
}

/** Opens a DuckDB. Throws when tempDir cannot be made. */
export async function openDuck(options: DuckOptions): Promise<Duck> {
  const spill = join(options.tempDir, `duck-${process.pid}-${randomUUID()}`);
  await mkdir(spill, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 2),
    memory_limit: options.memoryLimit ?? defaultMemoryLimit(),
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    run: async (sql, values) => {
      await connection.run(sql, values);
    },
    rows: async <Row extends Record<string, unknown>>(sql: string, values?: DuckDBValue[]) => {
      const reader = await connection.runAndReadAll(sql, values);
      return reader.getRowObjectsJS() as Row[];
    },
    interrupt: () => connection.interrupt(),
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      await rm(spill, { recursive: true, force: true });
    },
  };
}

function defaultMemoryLimit(): string {
  const constrained = process.constrainedMemory();
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return `${Math.floor((available * 0.4) / 2 ** 20)}MiB`;
}
