import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serveTraining } from '../child/serve.ts';

/** A training process that says by a file that it has begun and waits for another before it trains; beside TRAIN_HELD. */
const place = process.env.TRAIN_HELD ?? '';
writeFileSync(join(place, `began-${process.pid}`), '');
const timer = setInterval(() => {
  if (!existsSync(join(place, 'go')) && existsSync(dirname(place))) return;
  clearInterval(timer);
  serveTraining();
}, 10);
