import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { Problem } from './problem.tsx';

interface ConfirmProps {
  /** The button that opens the question, and its subject for screen readers. */
  readonly label: string;
  readonly of: string;
  readonly question: string;
  readonly consequence: string;
  readonly run: () => Promise<unknown>;
  readonly onDone: () => void;
}

/** A button for an action that cannot be undone: it asks first, and says what will happen. */
export function Confirm({ label, of, question, consequence, run, onDone }: ConfirmProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const action = useMutation({
    mutationFn: run,
    onSuccess: () => {
      close();
      onDone();
    },
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={`${label} ${of}`}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={question} closeButtonProps={{ 'aria-label': 'Cancel' }} centered>
        <Stack>
          <Text size="sm">{consequence}</Text>
          <Problem error={action.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button color="red" loading={action.isPending} onClick={() => action.mutate()}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
