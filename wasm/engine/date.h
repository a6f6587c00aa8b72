// SPDX-License-Identifier: Apache-2.0
// The calendar is shared with the expression language.
#pragma once
#include "expression/date.h"
