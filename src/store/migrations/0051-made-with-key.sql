-- What a key made ends with the key: invitations, and links by which others sign in. No reference: keys go with memberships.
ALTER TABLE invitation ADD COLUMN made_with_key text CHECK (made_with_key LIKE 'key\_%');
ALTER TABLE sign_in_link ADD COLUMN made_with_key text CHECK (made_with_key LIKE 'key\_%');
