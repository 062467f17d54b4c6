import { ActionIcon, Anchor, Button, Container, Group, Menu, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, Outlet, useNavigate } from 'react-router-dom';
import { answerOf, api, type Me } from './api.ts';
import { Icon } from './icons.tsx';
import { isDemo, useMe } from './me.ts';
import { Loaded } from './parts/loaded.tsx';

interface FrameProps {
  readonly account?: ReactNode;
  readonly children: ReactNode;
}

/** What is around every page: the way to its content, the notice of a demo, and the header. */
export function Frame({ account, children }: FrameProps) {
  return (
    <>
      <a href="#content" className="skip-link">
        Skip to the content
      </a>
      {isDemo && <DemoNotice />}
      <header className="header">
        <Container size="lg" py="sm">
          <Group justify="space-between" wrap="nowrap">
            <Anchor component={Link} to="/" underline="never" c="inherit" aria-label="Portcullis: all workspaces">
              <Group gap="xs" wrap="nowrap">
                <Icon name="gate" size={24} />
                <Text fw={700}>Portcullis</Text>
              </Group>
            </Anchor>
            <Group gap="xs" wrap="nowrap">
              <ColorSchemeButton />
              {account}
            </Group>
          </Group>
        </Container>
      </header>
      <Container component="main" id="content" size="lg" py="lg" pb={80} tabIndex={-1}>
        {children}
      </Container>
    </>
  );
}

/** Lets only a signed-in reader through to the pages inside. */
export function SignedIn() {
  const me = useMe();
  return (
    <Frame account={me.data && <AccountMenu me={me.data} />}>
      <Loaded query={me}>{() => <Outlet />}</Loaded>
    </Frame>
  );
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
    mutationFn: () => answerOf(api.POST('/api/sign-out', { body: {} })),
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
