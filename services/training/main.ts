import { runService } from '@churn/platform';
import { loadTrainingConfig } from './config.ts';
import { startTrainingService } from './service.ts';

await runService('training', () => startTrainingService(loadTrainingConfig()));
