/** A training process that the system kills (out of memory, say) as soon as it has its job. */
process.once('message', () => process.kill(process.pid, 'SIGKILL'));
