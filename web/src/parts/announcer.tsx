import { Affix, Notification } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { Icon } from '../icons.tsx';

const shownMs = 6_000;

const AnnounceContext = createContext<(text: string) => void>(() => {});

/** Tells what has just been done, to the eye and to a screen reader: `announce('Key revoked')`. */
export const useAnnounce = () => useContext(AnnounceContext);

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState<string | null>(null);
  const announce = useCallback((next: string) => setText(next), []);
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => setText(null), shownMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <AnnounceContext value={announce}>
      {children}
      {/* The live region is in the page before its text: what appears together with its text is not read out. */}
      <Affix position={{ bottom: 20, right: 20 }}>
        <div role="status">
          {text !== null && (
            <Notification
              color="teal"
              icon={<Icon name="allowed" />}
              withBorder
              role="presentation"
              onClose={() => setText(null)}
              closeButtonProps={{ 'aria-label': 'Dismiss' }}
            >
              {text}
            </Notification>
          )}
        </div>
      </Affix>
    </AnnounceContext>
  );
}
