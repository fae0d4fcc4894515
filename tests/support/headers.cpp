// Stands for the headers that tests/CMakeLists.txt has precompiled.
