import { Button, Group, Modal, Stack, Text } from '@mantine/core';

interface AdminQuestionProps {
  /** The person who is to become an admin; null if there is none. */
  readonly of: string | null;
  readonly workspace: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

/** Asks before a person becomes an admin: it is easy to choose by mistake, and gives every right. */
export function AdminQuestion({ of, workspace, onConfirm, onCancel }: AdminQuestionProps) {
  return (
    <Modal
      opened={of !== null}
      onClose={onCancel}
      title={`Make ${of} an admin?`}
      closeButtonProps={{ 'aria-label': 'Cancel' }}
      centered
    >
      <Stack>
        <Text size="sm" className="hostile">
          {of} may then do everything in {workspace}: read and delete what the connections reach, add and remove
          members, also you, make keys for agents, and disconnect the workspace.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel} data-autofocus>
            Cancel
          </Button>
          <Button color="red" onClick={onConfirm}>
            Make admin
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
