import { Socket } from 'node:net';
import { PARENT_FD } from './end-with-parent.ts';

/** The thread of endWithParent. SIGKILL, since a thread's exit would end only the thread. */
new Socket({ fd: PARENT_FD, readable: true, writable: false })
  .on('error', () => {})
  .on('close', () => process.kill(process.pid, 'SIGKILL'))
  .resume();
