import { Writable } from 'node:stream';
import winston from 'winston';
import { createLogger, type Logger } from '../log.ts';

type Line = { level: string; message: string } & Record<string, unknown>;

/** A logger as services have it, whose lines are kept instead of written. */
export function capturedLog(level = 'debug'): { log: Logger; lines: Line[]; text(): string } {
  const written: string[] = [];
  const lines: Line[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(String(chunk));
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLogger('test', level).clear().add(new winston.transports.Stream({ stream }));
  return { log, lines, text: () => written.join('') };
}
