import { UnopenableError } from '../domain/unopenable-error.ts';
import type { Database } from '../store/database.ts';
import { type CheckedSubscription, subscriptionsToCheck } from '../store/doctor/subscriptions.ts';
import type { Schema } from '../store/schema.ts';
import { createWebhookSeal } from '../vault/webhook-seal.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';
import type { OpenedKeys } from './look-at-keys.ts';

/** Each webhook subscription: its state, and whether its token opens. */
export async function lookAtWebhooks(database: Database<Schema>, opened: OpenedKeys | null): Promise<Finding[]> {
  return look('webhooks', 'See what the gateway wrote to its log (PORTCULLIS_LOG_LEVEL).', async () => {
    const subscriptions = await subscriptionsToCheck(database);
    if (subscriptions.length === 0) return ok('webhooks', 'none are set up');
    return Promise.all(
      subscriptions.map(async subscription => {
        const opens = opened === null || (await tokenOpens(subscription, opened));
        return { ...judge(subscription, opens), about: `webhook ${subscription.id}` };
      }),
    );
  });
}

function judge({ state, late, lastEventAt }: CheckedSubscription, opens: boolean): Finding {
  if (!opens)
    return fail(
      '',
      'its token does not open: no event is believed',
      'Restore the key (portcullis keys verify), or portcullis webhooks reset.',
    );
  switch (state) {
    case 'contested':
      return fail('', 'a stranger knows its address', 'portcullis webhooks reset, and give Notion the new address.');
    case 'waiting':
      if (!late) return ok('', 'waits for Notion to send its token');
      return warn(
        '',
        'Notion sent no token in time',
        'portcullis webhooks reset, and give Notion the new address; or portcullis webhooks remove.',
      );
    case 'offered':
      return warn(
        '',
        'its token has come, and no admin has taken it',
        'portcullis webhooks token, and paste it at Notion.',
      );
    case 'shown':
      return warn(
        '',
        'no event came since its token was shown',
        'Paste the token at Notion. If Notion says that it is wrong: portcullis webhooks reset.',
      );
    case 'confirmed':
      return ok('', `confirmed, last event ${lastEventAt?.toISOString() ?? 'unknown'}`);
  }
}

async function tokenOpens(subscription: CheckedSubscription, { keys, deriveKey }: OpenedKeys): Promise<boolean> {
  const { id: subscriptionId, owner, generation, sealed, kid } = subscription;
  if (sealed === null || kid === null) return true;
  try {
    await createWebhookSeal(keys, deriveKey).open({ owner, subscriptionId, generation }, { sealed, kid });
    return true;
  } catch (error) {
    if (error instanceof UnopenableError) return false;
    throw error;
  }
}
