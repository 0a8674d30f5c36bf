-- Keys are forgotten once a day by going through those of a shop. PostgreSQL took this index for the look-up of
-- one key, too, and read all keys of the shop at every checkout.
DROP INDEX checkout_keys_by_age;
