"""10,000 people, and a server that fails, stalls and dies: every person is accounted for."""

import os
import random
import threading
import time
import unittest

from helpdesk import Helpdesk, random_faults
from support import SendingTest, person

PEOPLE = 10_000
DEATHS = 12


class Many(SendingTest):
    def test_a_server_that_fails_stalls_and_dies_leaves_nobody_unaccounted(self):
        seed = int(os.environ.get("SEED", random.randrange(2**32)))
        print(f"SEED={seed}", flush=True)
        choice = random.Random(seed)
        people = [person(number) for number in range(PEOPLE)]
        for someone in people[::40]:
            someone["contact_data"]["website"][0]["url"] = "example.net"  # The server refuses it.
        for someone in people[1::40]:
            del someone["primary_email"]
        self.write(people)
        desk = Helpdesk(random_faults(seed, 0.03))
        deaths = self.let_it_die(desk, choice)

        statuses = [75]
        while statuses[-1] == 75:
            process = self.start(desk, "--jobs", "6", "--timeout", "0.3")
            _, err = process.communicate()
            self.assertNotIn("Traceback", err)
            statuses.append(process.returncode)
            self.assertLess(len(statuses), 100)
        while deaths.is_alive():
            deaths.join(0.1)
        print(f"runs ended with {statuses[1:]}: {err.splitlines()[0]}", flush=True)
        self.assertEqual(statuses[-1], 3)
        replies, refused, unanswered = self.assert_accounted(desk, people)
        self.assertEqual({entry["event"] for entry in replies.values()}, {"accepted", "found"})
        # An answer that was lost may have been a refusal, so some of these are absent.
        self.assertTrue(set(refused) <= {someone["id"] for someone in people[::40]})
        self.assertTrue(all(entry["status"] == 400 and "URL" in entry["reply"]["message"]
                            for entry in refused.values()))
        self.assertTrue(all(entry["reason"] for entry in unanswered.values()))
        self.assertIn("absent", {entry["event"] for entry in unanswered.values()})

        # With a server that works, only those stay open whom no look-up can find. The first run looks up who was in the
        # middle of a look-up when the server died; nobody is sent again in the run that looks them up first.
        desk.fault = lambda method, number: None
        self.send(desk, status=3)
        self.send(desk, "--send-absent", status=3)
        replies, refused, unanswered = self.assert_accounted(desk, people)
        self.assertEqual(len(refused), PEOPLE // 40)
        self.assertTrue(all("primary_email" not in entry["person"] for entry in unanswered.values()))

    def let_it_die(self, desk, choice):
        """Lets the server die while people are sent, for a short or a longer time."""
        counts = sorted(choice.sample(range(200, PEOPLE * 9 // 10), DEATHS))

        def die():
            for count in counts:
                while len(desk.people) < count:
                    time.sleep(0.01)
                desk.die()
                time.sleep(choice.choice((0.01, 0.1, 2.0)))
                desk.start()

        thread = threading.Thread(target=die, daemon=True)
        thread.start()
        return thread


if __name__ == "__main__":
    unittest.main()
