import { createServer } from 'node:http';
import { freePort } from '@churn/testing';

/** What is answered to 'METHOD /path': a status and a document, or several, of which the last is repeated. */
export type Answers = Record<string, readonly [status: number, body: object][]>;

export interface Answering {
  url: string;
  /** 'METHOD /path body' of each request, in order. */
  asked: string[];
  close(): void;
}

/** A service that gives these answers: for states into which no test can bring the real one in a moment. */
export async function answering(answers: Answers): Promise<Answering> {
  const port = await freePort();
  const asked: string[] = [];
  const left = new Map(Object.entries(answers).map(([what, list]) => [what, [...list]]));
  const server = createServer(async (req, res) => {
    const body = (await req.toArray()).join('');
    const what = `${req.method} ${req.url}`;
    asked.push(body === '' ? what : `${what} ${body}`);
    const list = left.get(what) ?? [];
    const next = list.length > 1 ? list.shift() : list[0];
    const [status, answer] = next ?? [599, { unexpected: what }];
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${port}`, asked, close: () => void server.close() };
}
