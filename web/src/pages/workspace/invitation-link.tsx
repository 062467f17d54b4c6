import { Alert } from '@mantine/core';
import type { Issued } from '../../api.ts';
import { Secret } from '../../parts/secret.tsx';

/** The link of an invitation, to hand over; or that it went out by mail. */
export function InvitationLink({ issued, onDone }: { readonly issued: Issued; readonly onDone: () => void }) {
  const { email } = issued.invitation;
  if (issued.acceptUrl === null) {
    return (
      <Alert withCloseButton onClose={onDone} title={`Mail sent to ${email}`}>
        The link in it is for this person alone.
      </Alert>
    );
  }
  return (
    <Secret
      title={`Invitation for ${email}`}
      secret={issued.acceptUrl}
      explanation="Give this link to this person only, in a way that you trust: everyone who opens it can join. It is not shown again."
      onDone={onDone}
    />
  );
}
