import { Group, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type FirstCall, type Workspace } from '../../api.ts';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';
import { inWords } from '../log/reasons.ts';

const lookAgainMs = 3_000;
/** After that time, the person has gone to do something else. */
const looksMax = 200;

interface FirstCallWatchProps {
  readonly workspace: Workspace;
  readonly keyId: string;
}

/** Waits for the first call with a key, and says how it went as soon as it came. */
export function FirstCallWatch({ workspace, keyId }: FirstCallWatchProps) {
  const key = useQuery({
    queryKey: ['first-call', workspace.id, keyId],
    queryFn: () =>
      answerOf(
        api.GET('/api/workspaces/{workspace}/keys/{key}', {
          params: { path: { workspace: workspace.id, key: keyId } },
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.firstCall == null && state.dataUpdateCount < looksMax ? lookAgainMs : false,
  });
  const first = key.data?.firstCall ?? null;
  return (
    <>
      <Problem error={key.error} />
      <div role="status" aria-label="First call">
        {first === null ? (
          <Group gap="sm">
            <Loader size="xs" aria-hidden="true" />
            <Text size="sm">Waiting for the first call with this key.</Text>
          </Group>
        ) : (
          <Arrived call={first} />
        )}
      </div>
    </>
  );
}

function Arrived({ call: { time, operation, effect, because, status } }: { readonly call: FirstCall }) {
  const allowed = effect === 'allow';
  const ending = allowed ? (status === null ? 'it is under way' : `answered with ${status}`) : inWords(because ?? '');
  return (
    <Group gap="sm">
      <Mark
        label={allowed ? 'The first call came' : 'The first call was denied'}
        icon={allowed ? 'allowed' : 'denied'}
        tone={allowed ? 'good' : 'bad'}
        strong
      />
      <Text size="sm">
        <Text span ff="monospace" size="sm">
          {operation}
        </Text>
        , <Time at={time} />: {ending}.
      </Text>
    </Group>
  );
}
