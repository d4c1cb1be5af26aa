import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from '@churn/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { churn, churnArgs, churnJson, environment } from './testing/run-churn.ts';

const ID = '7c0f6d1e-5b0e-4c56-9d4e-0f3f5a1f6f2a';
const running = {
  run_id: ID,
  model: 'churn',
  state: 'running',
  step: 'growing trees',
  done: 40,
  total: 100,
  error: null,
  created_at: '2026-03-01T00:00:00.000Z',
  finished_at: null,
  result: null,
};
const cancelled = {
  ...running,
  state: 'cancelled',
  step: 'cancelled',
  finished_at: '2026-03-01T00:01:00.000Z',
};

/** What the training service says of the run, and whom it tells that it was asked. */
let run: typeof running | typeof cancelled;
let asked: () => void;
let server: Server;
let env: Record<string, string>;

beforeEach(async () => {
  run = running;
  asked = () => {};
  server = createServer((request, response) => {
    const { method, url } = request;
    if (method === 'POST' && url === `/training-runs/${ID}/cancel`) run = cancelled;
    const started = method === 'POST' && url === '/training-runs';
    const body = started ? { run_id: ID } : url === '/training-runs' ? { runs: [run] } : run;
    response.writeHead(started ? 202 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (method === 'GET') asked();
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  env = { CHURN_TRAINING_URL: `http://127.0.0.1:${port}` };
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('a training run that goes on by itself', () => {
  test('is shown by churn train status, the newest when none is named', async () => {
    const { code, stdout } = await churn(['train', 'status', ID], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `training run ${ID} of churn: running (growing trees, 40 of 100)\n`,
    });
    expect((await churnJson(['train', 'status'], env)).value).toEqual(running);
  });

  test('is ended by churn train cancel', async () => {
    const { code, stdout } = await churn(['train', 'cancel', ID], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `training run ${ID} of churn: cancelled\nnothing was registered\n`,
    });
  });
});

describe('churn train', () => {
  test('says at Ctrl-C that the run goes on, and how to look at it', async () => {
    const waiting = spawn(process.execPath, churnArgs(['train']), {
      env: environment(env),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(waiting, 'exit');
    asked = () => waiting.kill('SIGINT');
    const said = await text(waiting.stderr);
    expect((await exited)[0]).toBe(130);
    expect(said).toContain(`the run goes on: \`churn train status ${ID}\` shows it`);
  });

  test('ends with 1 when somebody cancels the run it waits for', async () => {
    asked = () => {
      run = cancelled;
    };
    const { code, stderr } = await churn(['train'], env);
    expect(code).toBe(1);
    expect(stderr).toContain(`Run ${ID} was cancelled.`);
  });
});
