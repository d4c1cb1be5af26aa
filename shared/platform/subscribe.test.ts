import { createTestDatabase, eventually, type TestDatabase } from '@churn/testing';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { subscribe } from './subscribe.ts';
import { capturedLog } from './testing/captured-log.ts';

let database: TestDatabase;
let subscription: { close(): Promise<void> } | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await subscription?.close();
});
afterAll(() => database.drop());

const LISTENERS = `application_name = 'churn-listen' AND datname = current_database()`;
const listeners = async () =>
  (await database.pool.query(`SELECT 1 FROM pg_stat_activity WHERE ${LISTENERS}`)).rowCount;
const terminate = () =>
  database.pool.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE ${LISTENERS}`);
const notify = (channel: string, payload: string) =>
  database.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);

function listening(
  channels: string[],
  onConnect: (count: number) => Promise<void> | void = () => {},
  pingMs?: number,
) {
  const heard: string[] = [];
  const { log, lines } = capturedLog();
  const seen = { connects: 0, heard, lines };
  subscription = subscribe(database.url, channels, {
    onNotify: (channel, payload) => heard.push(`${channel} ${payload}`),
    onConnect: () => onConnect(++seen.connects),
    log,
    ...(pingMs !== undefined && { pingMs }),
  });
  return seen;
}

test('what is notified on its channels is heard, in order, and nothing else', async () => {
  const seen = listening(['models', 'Odd "name"']);
  await eventually(() => seen.connects === 1);
  await notify('models', '1');
  await notify('others', '2');
  await notify('Odd "name"', '3');
  await notify('models', '');
  await eventually(() => seen.heard.length === 3);
  expect(seen.heard).toEqual(['models 1', 'Odd "name" 3', 'models ']);
});

test('it listens before it says that it is connected, so that nothing falls between', async () => {
  const seen = listening(['models'], async () => void (await notify('models', 'during')));
  await eventually(() => seen.heard.length === 1);
});

test('a lost connection is logged and made again; what was notified meanwhile is for onConnect to read', async () => {
  const seen = listening(['models']);
  await eventually(() => seen.connects === 1);
  await terminate();
  await notify('models', 'lost');
  await eventually(() => seen.connects === 2);
  expect(seen.lines[0]).toMatchObject({
    level: 'warn',
    message: 'LISTEN connection lost',
    channels: ['models'],
  });
  await notify('models', 'after');
  await eventually(() => seen.heard.at(-1) === 'models after');
});

test('an onConnect that fails is tried again on a connection of its own, and leaves none behind', async () => {
  const seen = listening(['models'], (count) => {
    if (count < 3) throw new Error('cannot read the models');
  });
  await eventually(() => seen.connects === 3);
  await eventually(async () => (await listeners()) === 1);
  expect(seen.lines.map(({ error }) => error)).toEqual(['cannot read the models', 'cannot read the models']);
});

test('connections that do not live are made at growing intervals; one that has answered a ping begins anew', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  const refuseThrice = (count: number) => {
    if (count <= 3) throw new Error('cannot read the models');
  };
  const seen = listening(['models'], refuseThrice, 10);
  const pauses = () => seen.lines.map((line) => line.again_in_ms);
  await eventually(() => seen.connects === 4);
  expect(pauses()).toEqual([100, 200, 400]);
  await eventually(async () => {
    const pinged = `${LISTENERS} AND query = 'SELECT 1' AND state = 'idle'`;
    return (await database.pool.query(`SELECT 1 FROM pg_stat_activity WHERE ${pinged}`)).rowCount === 1;
  });
  await terminate();
  await eventually(() => seen.connects === 5);
  expect(pauses().slice(3)).toEqual([100]);
});

test('a close ends the connection and comes back to nothing', async () => {
  const seen = listening(['models']);
  await eventually(() => seen.connects === 1);
  await subscription?.close();
  await eventually(async () => (await listeners()) === 0);
  await notify('models', 'late');
  expect([seen.heard, seen.lines]).toEqual([[], []]);
});
