"""Kills the sender again and again: nobody is sent twice, nobody is left out, people without an answer are listed."""

import os
import random
import threading
import unittest

from helpdesk import Helpdesk
from support import SendingTest, person

KILLS = 50
PEOPLE = 1500
MOMENTS = ("before the commit", "after the commit", "after the reply", "any")


class Kills(SendingTest):
    def test_killed_at_random_nobody_is_there_twice_and_nobody_is_left_out(self):
        seed = int(os.environ.get("SEED", random.randrange(2**32)))
        print(f"SEED={seed}", flush=True)
        choice = random.Random(seed)
        people = [person(number) for number in range(PEOPLE)]
        # A look-up cannot find these.
        for someone in people[::7]:
            del someone["primary_email"]
        self.write(people)
        desk = Helpdesk()
        killed_at = dict.fromkeys(MOMENTS, 0)
        for _ in range(KILLS):
            killed_at[self.kill_once(desk, choice)] += 1
        print(f"killed {killed_at}; {len(desk.people)} people are there", flush=True)
        self.assertTrue(all(killed_at.values()), killed_at)
        self.assertLess(len(desk.people), PEOPLE, "the sender was killed before it was ready")

        status = self.send(desk, status=3) and 3
        replies, _, unanswered = self.assert_accounted(desk, people)
        states = [entry["event"] for entry in unanswered.values()]
        print(f"ended with {status}: {len(replies)} there, {states.count('absent')} absent, "
              f"{states.count('undecided')} undecided", flush=True)
        self.assertEqual(set(states), {"absent", "undecided"})
        for entry in unanswered.values():
            self.assertEqual(entry["event"] == "undecided", "primary_email" not in entry["person"], entry)

        # The operator decides.
        self.send(desk, "--send-absent", status=3)
        _, _, unanswered = self.assert_accounted(desk, people)
        there = {person["name"] for person in desk.people}
        for option, is_there in (("--is-there", True), ("--send-again", False)):
            ids = self.folder / option
            ids.write_text("".join(
                f"{key}\n" for key, entry in unanswered.items() if (entry["person"]["name"] in there) == is_there))
            self.send(desk, option, str(ids), status=3 if is_there and ids.read_text().count("\n") < len(unanswered)
                      else 0)
        self.assertEqual(len(self.assert_accounted(desk, people)[0]), PEOPLE)

    def kill_once(self, desk, choice):
        """Starts the sender and kills it: at a moment of the server, or at any time. Returns the moment."""
        moment, countdown, started = choice.choice(MOMENTS), [choice.randrange(1, 25)], threading.Event()
        process = self.start(desk, "--jobs", "3")

        def at_moment(name):
            started.set()
            if name == moment:
                countdown[0] -= 1
                if countdown[0] == 0:
                    process.kill()

        desk.at_moment = at_moment
        if moment == "any":
            started.wait(30)
            threading.Timer(choice.random() * 0.05, process.kill).start()
        _, err = process.communicate()
        desk.at_moment = lambda name: None
        self.assertEqual(process.returncode, -9, err)
        return moment


if __name__ == "__main__":
    unittest.main()
