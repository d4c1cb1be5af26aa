import { runService } from '@churn/platform';
import { loadControlConfig } from './config.ts';
import { startControlService } from './service.ts';

await runService('control', () => startControlService(loadControlConfig()));
