// SPDX-License-Identifier: Apache-2.0
// Of omo_test_headers (CMakeLists.txt), which is there for its precompiled headers alone.
