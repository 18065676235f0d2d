// Comparing two responses, and improving the one that is preferred.

import { withEdit } from "../improve.js";
import Compare from "./compare.js";

export default withEdit(Compare);
