/** An icon argument as the REST API takes it: an emoji, an address, or `none` to remove it. */
export function iconInput(icon: string): object | null {
  if (icon === 'none' || icon === '') return null;
  return URL.canParse(icon) ? { type: 'external', external: { url: icon } } : { type: 'emoji', emoji: icon };
}
