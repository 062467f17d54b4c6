import { z } from 'zod';
import { list, time } from './values.ts';

export const subscription = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'offered', 'shown', 'confirmed', 'contested']),
    url: z.string(),
    handshakeUntil: time,
    createdAt: time,
    confirmedAt: time.nullable(),
    lastEventAt: time.nullable(),
    keptAside: z.int(),
  })
  .meta({ id: 'Subscription' });

export const subscriptionsAnswer = z.object({ subscriptions: list(subscription) });
export const verificationTokenAnswer = z.object({ verificationToken: z.string() });
export const keptAsideAnswer = z.object({
  events: list(
    z
      .object({
        eventId: z.string(),
        type: z.string(),
        entity: z.object({ kind: z.string(), id: z.string() }).nullable(),
        receivedAt: time,
      })
      .meta({ id: 'KeptAsideEvent' }),
  ),
});
