import type { Ruling } from '../../domain/ruling.ts';

/** Some endpoints have limits of their own, which Notion does not publish: each process remembers until when. */
export function createEndpointBlocks(monotonicMs: () => number) {
  const blockedUntilMs = new Map<string, number>();
  const keyOf = ({ call, facts }: Ruling) => `${facts.workspaceId} ${facts.connection?.id} ${call.operation.name}`;
  return {
    block(ruling: Ruling, ms: number): void {
      const key = keyOf(ruling);
      blockedUntilMs.set(key, Math.max(monotonicMs() + ms, blockedUntilMs.get(key) ?? 0));
    },
    blockedForMs(ruling: Ruling): number {
      // Hardly ever is there one; then not even the key is made.
      if (blockedUntilMs.size === 0) return 0;
      return Math.max(0, (blockedUntilMs.get(keyOf(ruling)) ?? 0) - monotonicMs());
    },
    dropEnded(): void {
      for (const [key, untilMs] of blockedUntilMs) if (untilMs <= monotonicMs()) blockedUntilMs.delete(key);
    },
  };
}
