import type { Role, Stage } from '@churn/contracts';

/** Where a version may go from each stage. Archived to Production is a rollback: only to what has been in Production before. */
const MOVES: Record<Stage, readonly Stage[]> = {
  None: ['Staging', 'Archived'],
  Staging: ['Production', 'None', 'Archived'],
  Production: ['Archived', 'Staging'],
  Archived: ['Staging', 'Production'],
};

export function allowedMoves(from: Stage): readonly Stage[] {
  return MOVES[from];
}

/** Why a version may not move, in a sentence for people; null when it may. `served`: it has been in Production before. */
export function moveRefusal(from: Stage, to: Stage, served: boolean): string | null {
  if (from === to) return `it is in ${to} already`;
  if (!MOVES[from].includes(to)) {
    const way = from === 'None' && to === 'Production' ? '; move it to Staging first' : '';
    return `from ${from} it may go to ${MOVES[from].join(' or ')}, not to ${to}${way}`;
  }
  if (from === 'Archived' && to === 'Production' && !served) {
    return 'it has never been in Production, so this is no rollback; move it to Staging first';
  }
  return null;
}

/** Whether a role may move a version to a stage: data scientists to anything but Production, ML engineers and admins to any. */
export function mayTransition(role: Role, to: Stage): boolean {
  if (role === 'ml-engineer' || role === 'admin') return true;
  return role === 'data-scientist' && to !== 'Production';
}
