import { Title, type TitleProps } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

let navigated = false;

/**
 * The heading of a page, and the title of the window. After a change of page the heading takes the focus, so that a
 * keyboard or a screen reader starts there instead of at a link that is gone.
 */
export function PageTitle({
  text,
  children,
  ...props
}: TitleProps & { readonly text: string; readonly children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} · Portcullis`;
  }, [text]);
  useEffect(() => {
    if (navigated) heading.current?.focus({ preventScroll: true });
    navigated = true;
  }, []);
  return (
    <Title order={1} size="h2" ref={heading} tabIndex={-1} className="page-title" {...props}>
      {children ?? text}
    </Title>
  );
}
