import { runService } from '@churn/platform';
import { loadBatchConfig } from './config.ts';
import { startBatchService } from './service.ts';

await runService('batch', () => startBatchService(loadBatchConfig()));
