/** Why a principal may or may not read a page, for people. */
const texts: Readonly<Record<string, string>> = {
  role: 'by the role',
  grant: 'by a grant',
  denied_by_grant: 'a grant denies it',
  outside_limit: 'outside the pages of a limit',
  outside_key_pages: 'outside the pages of the key',
  key_lacks_action: 'the key does not allow it',
  role_lacks_action: 'neither the role nor a grant allows it',
  not_a_member: 'not a member',
  unknown_object: 'where the page stands is not known',
  stale_object: 'where the page stands was not looked up lately',
};

export function becauseText(because: string): string {
  return texts[because] ?? because;
}
