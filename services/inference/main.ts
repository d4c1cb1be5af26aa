import { runService } from '@churn/platform';
import { loadInferenceConfig } from './config.ts';
import { startInferenceService } from './service.ts';

await runService('inference', () => startInferenceService(loadInferenceConfig()));
