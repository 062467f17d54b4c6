import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
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
  return (
    <Alert variant="default" className="attention-box" icon={<Icon name="warning" />} title={title} role="group">
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
