import type { Champion } from './champion.ts';

/** A champion lent to one piece of work; its session is released after the last user of a replaced one has let go. */
export interface Lease {
  champion: Champion;
  release(): void;
}

interface Seat {
  champion: Champion;
  users: number;
  retired: boolean;
}

/** One champion a project. A replaced one keeps its session until the work that began with it has ended. */
export interface Seats {
  /** Lends the project's champion, or gives null when nobody is seated. */
  lend(projectId: string): Lease | null;
  /** The project's champion, to look at only. */
  seated(projectId: string): Champion | null;
  /** Seats a champion and retires the one before. */
  take(champion: Champion): void;
  /** Retires the champions of every project that is not among these, and says which. */
  keepOnly(projects: ReadonlySet<string>): string[];
  all(): Champion[];
}

export function createSeats(): Seats {
  const seats = new Map<string, Seat>();
  const retire = (seat: Seat): void => {
    seat.retired = true;
    if (seat.users === 0) void seat.champion.scorer.release();
  };
  return {
    lend(projectId) {
      const seat = seats.get(projectId);
      if (seat === undefined) return null;
      seat.users++;
      return {
        champion: seat.champion,
        release() {
          seat.users--;
          if (seat.retired && seat.users === 0) void seat.champion.scorer.release();
        },
      };
    },
    seated: (projectId) => seats.get(projectId)?.champion ?? null,
    take(champion) {
      const before = seats.get(champion.projectId);
      seats.set(champion.projectId, { champion, users: 0, retired: false });
      if (before !== undefined) retire(before);
    },
    keepOnly(projects) {
      const gone = [...seats].filter(([projectId]) => !projects.has(projectId));
      for (const [projectId, seat] of gone) {
        seats.delete(projectId);
        retire(seat);
      }
      return gone.map(([projectId]) => projectId);
    },
    all: () => [...seats.values()].map(({ champion }) => champion),
  };
}
