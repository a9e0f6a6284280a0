-- A small dump of a legacy helpdesk's database, with the tables that convert reads.
CREATE TABLE `people` (
  `id` int(11) NOT NULL,
  `name` varchar(255) DEFAULT NULL,
  `password` varchar(60) DEFAULT NULL,
  `primary_email_id` int(11) DEFAULT NULL
);
INSERT INTO `people` VALUES (7,'Ann','$2y$10$secret',11),(8,'Bob','$2y$10$secret',12);
CREATE TABLE `people_contact_data` (
  `id` int(11) NOT NULL,
  `person_id` int(11) DEFAULT NULL,
  `contact_type` varchar(80) NOT NULL,
  `comment` varchar(255) NOT NULL,
  `field_1` longtext, `field_2` longtext, `field_3` longtext, `field_4` longtext, `field_5` longtext
);
INSERT INTO `people_contact_data` VALUES
(1,8,'skype','','bob',NULL,NULL,NULL,NULL),
(2,7,'website','blog','https://ann.example',NULL,NULL,NULL,NULL),
(3,7,'twitter','','ann','1','4711',NULL,NULL);
CREATE TABLE `phone_numbers` (
  `id` int(11) NOT NULL,
  `person_id` int(11) DEFAULT NULL,
  `number` varchar(30) NOT NULL,
  `ext` varchar(30) DEFAULT NULL,
  `label` varchar(100) DEFAULT NULL
);
INSERT INTO `phone_numbers` VALUES (1,7,'+442079460018','12','office');
CREATE TABLE `people_emails` (
  `id` int(11) NOT NULL,
  `person_id` int(11) DEFAULT NULL,
  `email` varchar(255) NOT NULL
);
INSERT INTO `people_emails` VALUES (10,7,'old@ann.example'),(11,7,'ann@ann.example'),(12,8,'bob@bob.example');
-- Dump completed on 2026-01-01  0:00:00
