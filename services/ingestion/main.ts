import { runService } from '@churn/platform';
import { loadIngestionConfig } from './config.ts';
import { startIngestionService } from './service.ts';

await runService('ingestion', () => startIngestionService(loadIngestionConfig()));
