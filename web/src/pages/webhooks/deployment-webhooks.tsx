import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { useMe } from '../../me.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { NotFound } from '../not-found.tsx';
import { WebhookAddresses } from './addresses.tsx';
import { webhooksOfDeployment } from './webhook-api.ts';

/** Its address in the dashboard: outside of every workspace, because it gets the events of all of them. */
export const deploymentWebhooksPath = '/deployment/webhooks';

/** The addresses at which the integration that people connect by tells of every workspace in which it is installed. */
export function DeploymentWebhooks() {
  const me = useMe();
  // The server refuses all others, and the page then has nothing to show.
  if (!me.data?.user.deploymentRights.includes('connect')) return <NotFound />;
  return (
    <Stack>
      <Stack gap={0}>
        <Anchor component={Link} to="/" size="sm">
          All workspaces
        </Anchor>
        <PageTitle text="Webhooks of all workspaces" />
        <Text size="sm" c="dimmed">
          One address for the integration that people connect by.
        </Text>
      </Stack>
      <WebhookAddresses
        webhooks={webhooksOfDeployment}
        explanation="Notion can report when pages move, are deleted or come back, in every workspace in which the integration is installed. Without that, Portcullis notices it a little later. An integration has one subscription at Notion, so one address is enough. You need a person who may edit the integration there."
      />
    </Stack>
  );
}
