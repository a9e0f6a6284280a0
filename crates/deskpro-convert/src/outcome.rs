//! Which exit status the counts of a run give.

use crate::args::Args;
use crate::status::Status;
use crate::tally::Tally;

/// The status of a run that reached its end: one of [`Status::ENDS`].
pub(crate) fn status(tally: &Tally, args: &Args) -> Status {
    if tally.differences > 0 {
        Status::Bug
    } else if is_lost(tally, args) {
        Status::Lost
    } else if tally.rejected > 0 || tally.rejected_records() > 0 {
        Status::Rejected
    } else {
        Status::Done
    }
}

/// Whether something was lost that `--lossy` does not allow to be lost.
fn is_lost(tally: &Tally, args: &Args) -> bool {
    let has_losses = tally.rejected_records() > 0 || tally.data_losses() > 0 && !args.lossy;
    tally.lost_payloads > 0 || args.losses.is_none() && has_losses
}
