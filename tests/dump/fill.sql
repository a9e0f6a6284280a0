-- Tables of a legacy server, filled with odd texts; and everything else that a dump of a server may hold.
SET NAMES utf8mb4;
CREATE DATABASE helpdesk CHARACTER SET utf8mb4;
USE helpdesk;

CREATE TABLE people_contact_data (
  id INT NOT NULL AUTO_INCREMENT,
  person_id INT DEFAULT NULL COMMENT 'of `people`, (id); or "none"',
  contact_type VARCHAR(80) NOT NULL DEFAULT 'a,b(c',
  comment VARCHAR(250) CHARACTER SET latin1,
  field_1 LONGTEXT, field_2 LONGTEXT, field_3 LONGTEXT, field_4 LONGTEXT, field_5 LONGTEXT,
  field_6 LONGBLOB, field_7 DOUBLE, field_8 DECIMAL(20, 5), field_9 BIT(10), field_10 DATETIME,
  PRIMARY KEY (id), UNIQUE KEY `odd ``key``, (x)` (person_id, id), KEY (contact_type(5)),
  CHECK (person_id > -5)
) COMMENT 'a ; b -- c /* d';

CREATE TABLE phone_numbers (
  id INT NOT NULL PRIMARY KEY, person_id INT, number VARCHAR(30), ext VARCHAR(30), label VARCHAR(100),
  digits INT AS (LENGTH(number)) VIRTUAL
);

CREATE TABLE people (
  id INT PRIMARY KEY, name TEXT, password VARBINARY(60), `we``ird; "name"` JSON, primary_email_id INT
);
CREATE TABLE people_emails (id INT PRIMARY KEY, person_id INT, email VARCHAR(255));

INSERT INTO people_contact_data VALUES
 (1, 1, 'phone', NULL, '44', '020 7946 0000', 'phone', NULL, '', x'00ff27225c0a', -1.5e-10, -12.50000, b'101', '2014-02-28 12:00:00'),
 (2, 1, 'address', 'Straße é', '10 O''Neil "Q" \\ \' \" back\\\\', 'tab\tline\nreturn\r\Z\b nul\0end', '%_ \% \_', 'Österreich', '', NULL, 1e300, 0, b'0', NULL),
 (3, 2, 'website', '', '😀 emoji 漢字', 'NULL', 'null', '\\N', '0x41', '', 0.1, 1, b'1111111111', NULL),
 (4, NULL, 'twitter', ';', '); INSERT INTO people_contact_data VALUES (99,1', '-- no comment', '/* neither */ /*! code */', '''', '"', '''', NULL, NULL, NULL, NULL),
 (5, 3, 'skype', '`', '\n\n-- Dump completed\n', 'DELIMITER ;;\n', '),(', ',', '#', '#', NULL, NULL, NULL, NULL),
 (6, 3, 'skype', 'ends with backslash \\', '\\', '\\\\', '\\''', 'a\\', '\\"', '\\', NULL, NULL, NULL, NULL),
 (7, 4, 'website', NULL, REPEAT('0123456789abcde''\\"\n', 50000), 'after a megabyte', NULL, NULL, NULL, REPEAT(x'00275c22', 250000), NULL, NULL, NULL, NULL),
 (8, 2147483647, '', '', '', '', '', '', '', '', 0, 0, b'0', '1000-01-01 00:00:00');
INSERT INTO people_contact_data (person_id, contact_type, field_1)
  SELECT seq, 'website', CONCAT('https://example.com/', seq, IF(seq % 7, '', '''\\'), CHAR(seq % 128)) FROM seq_100_to_4000;

INSERT INTO phone_numbers (id, person_id, number, ext, label) VALUES
 (1, 1, '+442079460000', NULL, 'it''s home'), (2, 1, '+442079460001', '12', NULL), (3, 2, '+43 1 234', '', '🏠');
INSERT INTO people VALUES
 (1, 'Zoë; INSERT INTO phone_numbers VALUES (9', x'2700ff5c', '{"a": "it''s \\\\ \\"q\\""}', 12), (2, '\\', '''', '[]', 99),
 (5000, 'no contact data', '', NULL, NULL);
INSERT INTO people_emails VALUES
 (10, 1, 'old@example.com'), (11, 2, 'two@example.com'), (12, 1, 'zoë''s@example.com'), (13, 2, 'second@example.com'),
 (14, NULL, 'nobody@example.com'), (15, 6000, '');

CREATE TABLE log (at TIMESTAMP, text TEXT);
CREATE VIEW websites AS SELECT id, field_1 FROM people_contact_data WHERE contact_type = 'website';
CREATE SEQUENCE counter;

DELIMITER $$
CREATE TRIGGER before_insert BEFORE INSERT ON people_contact_data FOR EACH ROW
BEGIN
  -- a trigger's comment; with ' a quote
  IF NEW.comment = 'with */ in it' THEN SET NEW.comment = "; it's"; END IF;
  INSERT INTO log (text) VALUES ('/*'), ('$$');
END$$
CREATE PROCEDURE refill()
BEGIN
  INSERT INTO people_contact_data VALUES (77,1,'procedure',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
  INSERT INTO `phone_numbers` (`id`) VALUES (77);
  DELETE FROM people_contact_data WHERE id = 77; # ' a comment
END$$
CREATE FUNCTION one() RETURNS INT RETURN 1$$
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM log WHERE text = '*/'; INSERT INTO phone_numbers (id) VALUES (78); END$$
SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'$$
CREATE TRIGGER before_update BEFORE UPDATE ON people_contact_data FOR EACH ROW
BEGIN
  SET NEW.comment = 'c:\';
  INSERT INTO "log" ("text") VALUES ('\'), ('); INSERT INTO phone_numbers VALUES (79');
END$$
SET sql_mode = DEFAULT$$
DELIMITER ;

CREATE DATABASE `other ``desk`;
USE `other ``desk`;
CREATE TABLE people_contact_data (field_1 TEXT, id INT);
INSERT INTO people_contact_data VALUES ('of another desk', 1);
