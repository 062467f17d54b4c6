import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { PageTitle } from '../parts/page-title.tsx';

export function NotFound() {
  return (
    <Stack>
      <PageTitle text="There is no such page" />
      <Text>
        The address may be mistyped, or what it showed may be gone.{' '}
        <Anchor component={Link} to="/">
          All workspaces
        </Anchor>
      </Text>
    </Stack>
  );
}
