import type { ChurnRisk } from '@churn/contracts';

export interface RiskThresholds {
  medium: number;
  high: number;
}

/** The band of a probability: low < medium <= 'medium' < high <= 'high'. */
export function riskOf(probability: number, thresholds: RiskThresholds): ChurnRisk {
  if (probability >= thresholds.high) return 'high';
  return probability >= thresholds.medium ? 'medium' : 'low';
}
