-- An address that nobody proved is a label, which several accounts may bear. An account is found by its address and its
-- password together (the salt comes from the address, so equal passwords of one address have equal hashes). An address that
-- a mail proved belongs to one account.
DROP INDEX user_account_email;
CREATE UNIQUE INDEX user_account_sign_in ON user_account (email, password_hash);
CREATE UNIQUE INDEX user_account_proven ON user_account (email) WHERE email_proven_at IS NOT NULL;
