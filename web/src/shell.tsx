import { ActionIcon, Anchor, Button, Container, Group, Menu, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from 'react-router-dom';
import { api, type Me } from './api.ts';
import { Icon } from './icons.tsx';
import { isDemo, useMe } from './me.ts';
import { Loaded } from './parts/loaded.tsx';

/** What is around every page: the way to its content, the notice of a demo, and the header. */
export function Frame() {
  const me = useMe(false);
  return (
    <>
      <a href="#content" className="skip-link">
        Skip to the content
      </a>
      {(isDemo || me.data?.demo) && <DemoNotice />}
      <Container component="header" size="lg" py="sm" className="header">
        <Group justify="space-between" wrap="nowrap">
          <Anchor component={Link} to="/" underline="never" c="inherit" aria-label="Portcullis: all workspaces">
            <Group gap="xs" wrap="nowrap">
              <Icon name="gate" size={24} />
              <Text fw={700}>Portcullis</Text>
            </Group>
          </Anchor>
          <Group gap="xs" wrap="nowrap">
            <ColorSchemeButton />
            {me.data && <AccountMenu me={me.data} />}
          </Group>
        </Group>
      </Container>
      <Container component="main" id="content" size="lg" py="lg" pb={80} tabIndex={-1}>
        <Outlet />
      </Container>
    </>
  );
}

/** Lets only a signed-in reader through to the pages inside. */
export function SignedIn() {
  const me = useMe();
  return <Loaded query={me}>{() => <Outlet />}</Loaded>;
}

function DemoNotice() {
  return (
    <Group component="aside" aria-label="Demo" justify="center" gap="xs" px="md" py={6} className="demo" wrap="nowrap">
      <Icon name="warning" size={16} />
      <Text size="sm">
        <strong>Demo.</strong> Notion is an emulator on this machine, and the keys are made anew at each start.
      </Text>
    </Group>
  );
}

const schemes = {
  auto: { next: 'light', label: 'as the system', icon: <Icon name="system" /> },
  light: { next: 'dark', label: 'light', icon: <Icon name="sun" /> },
  dark: { next: 'auto', label: 'dark', icon: <Icon name="moon" /> },
} as const;

function ColorSchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, label, icon } = schemes[colorScheme];
  return (
    <ActionIcon
      variant="default"
      size="lg"
      onClick={() => setColorScheme(next)}
      aria-label={`Colours: ${label}. Change to ${schemes[next].label}`}
      title={`Colours: ${label}`}
    >
      {icon}
    </ActionIcon>
  );
}

function AccountMenu({ me }: { readonly me: Me }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api.post('/sign-out'),
    onSettled: async () => {
      await navigate('/sign-in', { replace: true });
      queries.clear();
    },
  });
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name="person" />}
          rightSection={<Icon name="chevron" size={14} />}
          maw={220}
          aria-label={`Account of ${me.user.name}`}
        >
          <Text size="sm" truncate>
            {me.user.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Stack gap={0}>{me.user.email}</Stack>
        </Menu.Label>
        <Menu.Item component={Link} to="/account">
          Account and sessions
        </Menu.Item>
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
