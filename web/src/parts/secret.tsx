import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Icon } from '../icons.tsx';

interface SecretProps {
  /** What it is: "Key for deploy-bot". */
  readonly title: string;
  readonly secret: string;
  readonly explanation: string;
  readonly onDone: () => void;
}

/** A secret that is shown this once. It lives in the page's memory only, until the reader is done with it. */
export function Secret({ title, secret, explanation, onDone }: SecretProps) {
  const box = useRef<HTMLDivElement>(null);
  // It may be out of sight, above a long list, and there is no second look.
  useEffect(() => box.current?.focus(), []);
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      variant="default"
      className="attention-box"
      icon={<Icon name="warning" />}
      title={title}
      role="group"
    >
      <Stack gap="sm">
        <Text size="sm">{explanation}</Text>
        <Code block className="secret">
          {secret}
        </Code>
        <Group gap="sm">
          <CopyButton value={secret} timeout={3_000}>
            {({ copied, copy }) => (
              <Button size="sm" leftSection={<Icon name="copy" size={16} />} onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button size="sm" variant="default" onClick={onDone}>
            I have stored it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
