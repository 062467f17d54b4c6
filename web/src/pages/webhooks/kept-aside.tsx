import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { api, type KeptAsideEvent } from '../../api.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Time } from '../../parts/time.tsx';

interface KeptAsideProps {
  readonly path: string;
  readonly count: number;
  /** The address that they came to. */
  readonly of: string;
}

/** Events of types that this Portcullis does not know. It did nothing about them; a newer one might. */
export function KeptAside({ path, count, of }: KeptAsideProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const list = useId();
  return (
    <Stack gap="xs">
      <Group>
        <Button
          size="xs"
          variant="subtle"
          onClick={toggle}
          aria-expanded={opened}
          aria-controls={opened ? list : undefined}
          aria-label={`Events kept aside of ${of}: ${count}`}
        >
          Events of unknown types: {count}
        </Button>
      </Group>
      {opened && (
        <div id={list}>
          <Events path={path} />
        </div>
      )}
    </Stack>
  );
}

function Events({ path }: { readonly path: string }) {
  const events = useQuery({
    queryKey: ['kept-aside', path],
    queryFn: () => api.get<{ events: KeptAsideEvent[] }>(path),
  });
  return (
    <Loaded query={events}>
      {data => (
        <Stack gap="xs">
          <Text size="sm">
            They are kept without their content, the newest hundred. An update of Portcullis may know what they mean.
          </Text>
          <Table verticalSpacing="xs" aria-label="Events kept aside">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Type</Table.Th>
                <Table.Th visibleFrom="sm">About</Table.Th>
                <Table.Th>Came</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.events.map(({ eventId, type, entity, receivedAt }) => (
                <Table.Tr key={eventId}>
                  <Table.Td className="hostile">{type}</Table.Td>
                  <Table.Td visibleFrom="sm" className="hostile">
                    {entity === null ? 'not told' : `${entity.kind} ${entity.id}`}
                  </Table.Td>
                  <Table.Td>
                    <Time at={receivedAt} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Loaded>
  );
}
