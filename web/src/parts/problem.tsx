import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { ApiError } from '../api.ts';
import { Icon } from '../icons.tsx';

/** Says what went wrong, what to do about it, and the id of the call in the log. Shows nothing without an error. */
export function Problem({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  if (error === null || error === undefined) return null;
  const { message, hint, requestId } = describe(error);
  return (
    <Alert color="red" variant="outline" icon={<Icon name="warning" />} title={message} role="alert">
      <Stack gap={4}>
        {hint !== null && hint !== message && <Text size="sm">{hint}</Text>}
        {requestId !== null && (
          <Text size="xs" c="dimmed">
            Request <Code>{requestId}</Code>
          </Text>
        )}
        {onRetry && (
          <Group mt={4}>
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

function describe(error: unknown): { message: string; hint: string | null; requestId: string | null } {
  if (error instanceof ApiError) return error;
  return { message: 'Something in this page went wrong.', hint: String(error), requestId: null };
}
