import { runService } from '@churn/platform';
import { loadMonitoringConfig } from './config.ts';
import { startMonitoringService } from './service.ts';

await runService('monitoring', () => startMonitoringService(loadMonitoringConfig()));
