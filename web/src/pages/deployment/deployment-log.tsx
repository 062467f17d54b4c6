import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { useMe } from '../../me.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { Log } from '../log/log.tsx';
import { NotFound } from '../not-found.tsx';

/** Where it is in the dashboard: outside of every workspace. */
export const deploymentLogPath = '/deployment/log';

/** Events of no workspace: sign-ins, refused keys, unknown callers. */
export function DeploymentLog() {
  const me = useMe();
  // The server refuses all others, and the page then has nothing to show.
  if (!me.data?.user.deploymentRights.includes('audit')) return <NotFound />;
  return (
    <Stack>
      <Stack gap={0}>
        <Anchor component={Link} to="/" size="sm">
          All workspaces
        </Anchor>
        <PageTitle text="Log of the deployment" />
        <Text size="sm" c="dimmed">
          What belongs to no workspace: sign-ins, refused keys, and unknown callers. Unknown callers are counted, each
          kind once a minute, because strangers can make any number of calls.
        </Text>
      </Stack>
      <Log source={{ workspaceId: null }} titles={false} />
    </Stack>
  );
}
