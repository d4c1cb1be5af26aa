export interface TestRedis {
  readonly url: string;
  readonly pid: number;
  /** Removes every key. */
  flush(): Promise<void>;
  /** Ends the server; its port stays closed until `start`. Safe to call twice. */
  stop(): Promise<void>;
  /** Starts it again after `stop`, empty, at the same URL. */
  start(): Promise<void>;
}
