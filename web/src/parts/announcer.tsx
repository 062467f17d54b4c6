import { Affix, Notification } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { Icon } from '../icons.tsx';

const shownMs = 6_000;

type Announce = (text: string, tone?: 'good' | 'bad') => void;

const AnnounceContext = createContext<Announce>(() => {});

/** Tells what has just been done, to the eye and to a screen reader: `announce('Key revoked')`. */
export const useAnnounce = () => useContext(AnnounceContext);

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [news, setNews] = useState<{ text: string; tone: 'good' | 'bad' } | null>(null);
  const announce = useCallback<Announce>((text, tone = 'good') => setNews({ text, tone }), []);
  useEffect(() => {
    if (news === null) return;
    const timer = setTimeout(() => setNews(null), shownMs);
    return () => clearTimeout(timer);
  }, [news]);
  return (
    <AnnounceContext value={announce}>
      {children}
      {/* The live region is in the page before its text: what appears together with its text is not read out. */}
      <Affix position={{ bottom: 20, right: 20 }}>
        <div role="status">
          {news !== null && (
            <Notification
              color={news.tone === 'good' ? 'teal' : 'red'}
              icon={<Icon name={news.tone === 'good' ? 'allowed' : 'warning'} />}
              withBorder
              role="presentation"
              onClose={() => setNews(null)}
              closeButtonProps={{ 'aria-label': 'Dismiss' }}
            >
              {news.text}
            </Notification>
          )}
        </div>
      </Affix>
    </AnnounceContext>
  );
}
