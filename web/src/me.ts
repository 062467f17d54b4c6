import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from './api.ts';

/** The person who is signed in. Anonymous readers get a 401, which leads to the sign-in page. */
export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: () => answerOf(api.GET('/api/me')), staleTime: 60_000 });
}

/** The server says so in the page itself, so that also the pages before signing in can tell. */
export const isDemo = document.querySelector<HTMLMetaElement>('meta[name="portcullis-demo"]')?.content === 'true';
