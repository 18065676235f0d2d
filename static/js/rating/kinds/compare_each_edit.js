// Comparing two responses, asking about each by itself, and improving the one that is preferred.

import { withEdit } from "../improve.js";
import Compare from "./compare_each.js";

export default withEdit(Compare);
